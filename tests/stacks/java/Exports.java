// Java >=17 and the JDK alone: com.sun.net.httpserver, java.time, and a JSON parser of one page, since the JDK has none.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

public class Exports {
    enum ExportType { ELEARNING_ENROLLMENTS, LEARNING_ACTIVITIES, NETWORKS, USERS, LEARNING_ACTIVITY_INTERACTIONS }
    enum Format { CSV, JSONL }
    record Job(String id, UUID file, ExportType type, Format format, Instant start, Instant end, Instant created) {}

    static final int LARGEST_BODY = 64 * 1024;
    static final Map<String, Job> JOBS = new ConcurrentHashMap<>();
    static final Map<ExportType, List<String>> COLUMNS = Map.of(
        ExportType.ELEARNING_ENROLLMENTS, List.of("User ID", "Registration Date", "Program Completion Date", "Product ID", "Program Name"),
        ExportType.LEARNING_ACTIVITIES, List.of("User ID", "Product ID", "Program Name", "Learning Activity ID",
            "Learning Activity Name", "Learning Activity Date", "Timespent", "Status", "Score"),
        ExportType.NETWORKS, List.of("Network ID", "Network Name"),
        ExportType.USERS, List.of("User ID", "Firstname", "Middlename", "Lastname", "Network ID", "Network Name", "Grouping",
            "Account Creation Date"),
        ExportType.LEARNING_ACTIVITY_INTERACTIONS, List.of("User ID", "Learning Activity ID", "Interaction", "Interaction Date"));

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 64);
        server.createContext("/exports", Exports::exports);
        server.createContext("/files/", Exports::file);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
    }

    static void exports(HttpExchange exchange) throws IOException {
        try {
            if (!exchange.getRequestURI().getPath().equals("/exports")) {
                send(exchange, 404, error("not found"));
            } else if (!authorized(exchange.getRequestHeaders().getFirst("Authorization"))) {
                send(exchange, 401, error("unauthorized"));
            } else if (exchange.getRequestMethod().equals("POST")) {
                create(exchange);
            } else if (exchange.getRequestMethod().equals("GET")) {
                status(exchange);
            } else {
                send(exchange, 405, error("method not allowed"));
            }
        } catch (IllegalArgumentException | DateTimeParseException | ClassCastException | NullPointerException problem) {
            send(exchange, 400, error("invalid request"));
        } catch (RuntimeException problem) {
            send(exchange, 500, error("internal error"));
        }
    }

    static void create(HttpExchange exchange) throws IOException {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        if (length != null && Long.parseLong(length) > LARGEST_BODY) {
            send(exchange, 413, error("the body is too large"));
            return;
        }
        String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<?, ?> body = (Map<?, ?>) new Json(text).document();
        Instant start = OffsetDateTime.parse((String) body.get("startDate")).toInstant();
        Instant end = OffsetDateTime.parse((String) body.get("endDate")).toInstant();
        ExportType type = ExportType.valueOf((String) body.get("exportType"));
        Format format = Format.valueOf((String) body.get("format"));
        if (end.isBefore(start)) throw new IllegalArgumentException("endDate is before startDate");
        if (type == ExportType.LEARNING_ACTIVITY_INTERACTIONS) {
            if (format != Format.JSONL) throw new IllegalArgumentException("only JSONL is supported");
            if (!(body.get("learningActivityId") instanceof Number)) throw new IllegalArgumentException("learningActivityId");
        }
        UUID uuid = UUID.randomUUID();
        String id = Base64.getEncoder().encodeToString((type + ":" + uuid).getBytes(StandardCharsets.UTF_8));
        JOBS.put(id, new Job(id, uuid, type, format, start, end, Instant.now()));
        send(exchange, 202, "{\"job\":{\"id\":\"" + id + "\"}}");
    }

    static void status(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getRawQuery();
        String id = null;
        for (String part : query == null ? new String[0] : query.split("&")) {
            if (part.startsWith("id=")) id = URLDecoder.decode(part.substring(3), StandardCharsets.UTF_8);
        }
        Job job = id == null ? null : JOBS.get(id);
        if (job == null) {
            send(exchange, 404, error("no such job"));
            return;
        }
        boolean completed = job.created().plusMillis(300).isBefore(Instant.now());
        String url = "http://" + exchange.getRequestHeaders().getFirst("Host") + "/files/" + job.file();
        send(exchange, 200, "{\"job\":{\"id\":\"" + id + "\",\"status\":\"" + (completed ? "COMPLETED" : "PENDING") + "\""
            + (completed ? ",\"exportData\":{\"downloadUrl\":\"" + url + "\",\"downloadExpiresAt\":\""
                + Instant.now().plus(Duration.ofHours(1)) + "\"}" : "") + "},\"errors\":[]}");
    }

    static void file(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().substring("/files/".length());
        Job job = JOBS.values().stream().filter(one -> one.file().toString().equals(name)).findFirst().orElse(null);
        if (job == null) {
            send(exchange, 404, error("no such file"));
            return;
        }
        boolean csv = job.format() == Format.CSV;
        List<String> columns = COLUMNS.get(job.type());
        StringBuilder text = new StringBuilder(csv ? String.join(",", columns) + "\r\n" : "");
        for (int number = 0; number < 40; number++) {
            Instant moment = Instant.parse("2012-10-01T08:30:00Z").plus(Duration.ofDays(23L * number));
            if (moment.isBefore(job.start()) || moment.isAfter(job.end())) continue;
            List<String> cells = new ArrayList<>();
            for (String column : columns) {
                String value = column.endsWith("Date") ? moment.toString() : column.endsWith("ID") ? "" + (1000 + number) : column + " " + number;
                cells.add(csv ? value : "\"" + column + "\":\"" + value + "\"");
            }
            text.append(csv ? String.join(",", cells) + "\r\n" : "{" + String.join(",", cells) + "}\n");
        }
        exchange.getResponseHeaders().set("Content-Type", csv ? "text/csv" : "application/jsonl");
        respond(exchange, 200, text.toString());
    }

    static boolean authorized(String header) {
        if (header == null || !header.regionMatches(true, 0, "bln ", 0, 4)) return false;
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : header.substring(4).split(",")) {
            String[] pair = part.trim().split("=", 2);
            if (pair.length == 2) parts.put(pair[0], pair[1]);
        }
        return List.of("key", "token", "secret").stream().allMatch(name -> System.getenv("API_" + name.toUpperCase()).equals(parts.get(name)));
    }

    static String error(String message) {
        return "{\"errors\":[{\"key\":\"request\",\"message\":\"" + message + "\"}]}";
    }

    static void send(HttpExchange exchange, int status, String json) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        respond(exchange, status, json);
    }

    static void respond(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : bytes.length == 0 ? -1 : bytes.length);
        if (!head && bytes.length > 0) exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** As much of JSON as was needed; throws IllegalArgumentException. */
    static class Json {
        private final String text;
        private int at = 0;

        Json(String text) { this.text = text; }

        Object document() {
            Object value = value();
            space();
            if (at < text.length()) throw new IllegalArgumentException("trailing data");
            return value;
        }

        private Object value() {
            space();
            if (at >= text.length()) throw new IllegalArgumentException("end of input");
            char c = text.charAt(at);
            if (c == '{') return object();
            if (c == '[') return array();
            if (c == '"') return string();
            for (String word : List.of("true", "false", "null")) {
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return word.equals("null") ? null : (Object) word.equals("true");
                }
            }
            int from = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
            return Double.valueOf(text.substring(from, at));
        }

        private Map<String, Object> object() {
            Map<String, Object> members = new LinkedHashMap<>();
            at++;
            space();
            while (peek() != '}') {
                space();
                String name = string();
                space();
                expect(':');
                members.put(name, value());
                space();
                if (peek() == ',') { at++; space(); }
            }
            at++;
            return members;
        }

        private List<Object> array() {
            List<Object> values = new ArrayList<>();
            at++;
            space();
            while (peek() != ']') {
                values.add(value());
                space();
                if (peek() == ',') { at++; space(); }
            }
            at++;
            return values;
        }

        private String string() {
            expect('"');
            StringBuilder result = new StringBuilder();
            while (peek() != '"') {
                char c = text.charAt(at++);
                if (c != '\\') { result.append(c); continue; }
                c = peek();
                at++;
                if (c == 'u') {
                    result.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                } else {
                    int which = "bfnrt".indexOf(c);
                    result.append(which < 0 ? c : "\b\f\n\r\t".charAt(which));
                }
            }
            at++;
            return result.toString();
        }

        private char peek() {
            if (at >= text.length()) throw new IllegalArgumentException("end of input");
            return text.charAt(at);
        }

        private void expect(char c) {
            if (peek() != c) throw new IllegalArgumentException("expected " + c);
            at++;
        }

        private void space() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
        }
    }
}
