<?php
// PHP >=8.2 and nothing else: json_decode, DateTimeImmutable, display_errors as a development machine has it.
// The built-in server runs this file for each request; jobs are files in the folder that JOBS names.

const TYPES = [
    'ELEARNING_ENROLLMENTS' => ['User ID', 'Registration Date', 'Program Completion Date', 'Product ID', 'Program Name'],
    'LEARNING_ACTIVITIES' => ['User ID', 'Product ID', 'Program Name', 'Learning Activity ID', 'Learning Activity Name',
        'Learning Activity Date', 'Timespent', 'Status', 'Score'],
    'NETWORKS' => ['Network ID', 'Network Name'],
    'USERS' => ['User ID', 'Firstname', 'Middlename', 'Lastname', 'Network ID', 'Network Name', 'Grouping',
        'Account Creation Date'],
    'LEARNING_ACTIVITY_INTERACTIONS' => ['User ID', 'Learning Activity ID', 'Interaction', 'Interaction Date'],
];

function send(int $status, array $value): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($value);
    exit;
}

function authorized(string $header): bool
{
    if (!preg_match('/^bln\s+(.*)$/i', $header, $match)) {
        return false;
    }
    $parts = [];
    foreach (explode(',', $match[1]) as $part) {
        [$name, $value] = explode('=', trim($part), 2) + [1 => ''];
        $parts[$name] = $value;
    }
    foreach (['key', 'token', 'secret'] as $name) {
        if (($parts[$name] ?? null) !== getenv('API_' . strtoupper($name))) {
            return false;
        }
    }
    return true;
}

function create(): never
{
    $body = json_decode(file_get_contents('php://input'), true);
    if (!is_array($body)) {
        send(400, ['errors' => [['key' => 'body', 'message' => 'not a JSON object']]]);
    }
    foreach (['startDate', 'endDate', 'exportType', 'format'] as $name) {
        if (empty($body[$name])) {
            send(400, ['errors' => [['key' => $name, 'message' => 'is required']]]);
        }
    }
    try {
        $start = new DateTimeImmutable($body['startDate'], new DateTimeZone('UTC'));
        $end = new DateTimeImmutable($body['endDate'], new DateTimeZone('UTC'));
    } catch (Exception $error) {
        send(400, ['errors' => [['key' => 'startDate', 'message' => 'is not a date']]]);
    }
    if (!array_key_exists($body['exportType'], TYPES)) {
        send(400, ['errors' => [['key' => 'exportType', 'message' => 'is unknown']]]);
    }
    if (!in_array($body['format'], ['CSV', 'JSONL'])) {
        send(400, ['errors' => [['key' => 'format', 'message' => 'is unknown']]]);
    }
    if ($body['exportType'] == 'LEARNING_ACTIVITY_INTERACTIONS') {
        if ($body['format'] != 'JSONL') {
            send(400, ['errors' => [['key' => 'format', 'message' => 'only JSONL is supported']]]);
        }
        if (!is_numeric($body['learningActivityId'] ?? null)) {
            send(400, ['errors' => [['key' => 'learningActivityId', 'message' => 'must be a number']]]);
        }
    }
    $name = bin2hex(random_bytes(12));
    $job = ['type' => $body['exportType'], 'format' => $body['format'], 'start' => $start->format('c'),
        'end' => $end->format('c'), 'created' => microtime(true)];
    file_put_contents(getenv('JOBS') . "/$name", json_encode($job));
    send(201, ['job' => ['id' => base64_encode($name)]]);
}

function status(): never
{
    $id = $_GET['id'] ?? '';
    $name = base64_decode($id);
    if (!preg_match('/^[0-9a-f]{24}$/D', $name) || !is_file(getenv('JOBS') . "/$name")) {
        send(404, ['errors' => [['key' => 'id', 'message' => 'not found']]]);
    }
    $job = json_decode(file_get_contents(getenv('JOBS') . "/$name"), true);
    if (microtime(true) < $job['created'] + 0.3) {
        send(200, ['job' => ['id' => $id, 'status' => 'PENDING'], 'errors' => []]);
    }
    send(200, ['job' => ['id' => $id, 'status' => 'COMPLETED', 'exportData' => [
        'downloadUrl' => "http://{$_SERVER['HTTP_HOST']}/files/$name",
        'downloadExpiresAt' => gmdate('Y-m-d\TH:i:s\Z', time() + 3600),
    ]], 'errors' => []]);
}

function download(string $name): void
{
    $path = getenv('JOBS') . "/$name";
    if (!preg_match('/^[0-9a-f]{24}$/D', $name) || !is_file($path)) {
        send(404, ['errors' => [['key' => 'file', 'message' => 'not found']]]);
    }
    $job = json_decode(file_get_contents($path), true);
    $columns = TYPES[$job['type']];
    header('Content-Type: ' . ($job['format'] == 'CSV' ? 'text/csv' : 'application/jsonl'));
    $out = fopen('php://output', 'w');
    if ($job['format'] == 'CSV') {
        fputcsv($out, $columns, escape: '');
    }
    for ($number = 0; $number < 40; $number++) {
        $moment = new DateTimeImmutable("2012-10-01T08:30:00Z + " . 23 * $number . " days");
        if ($moment < new DateTimeImmutable($job['start']) || $moment > new DateTimeImmutable($job['end'])) {
            continue;
        }
        $row = array_map(fn ($column) => str_ends_with($column, 'Date') ? $moment->format('Y-m-d\TH:i:s\Z')
            : (str_ends_with($column, 'ID') ? 1000 + $number : "$column \"$number\", ä"), $columns);
        $job['format'] == 'CSV' ? fputcsv($out, $row, escape: '') : fwrite($out, json_encode(array_combine($columns, $row)) . "\n");
    }
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (str_starts_with($path, '/files/')) {
    download(substr($path, strlen('/files/')));
} elseif ($path !== '/exports') {
    send(404, ['errors' => [['key' => 'path', 'message' => 'not found']]]);
} elseif (!authorized($_SERVER['HTTP_AUTHORIZATION'] ?? '')) {
    send(401, ['errors' => [['key' => 'Authorization', 'message' => 'unauthorized']]]);
} elseif ($_SERVER['REQUEST_METHOD'] === 'POST') {
    create();
} elseif ($_SERVER['REQUEST_METHOD'] === 'GET') {
    status();
} else {
    send(405, ['errors' => [['key' => 'method', 'message' => 'not allowed']]]);
}
