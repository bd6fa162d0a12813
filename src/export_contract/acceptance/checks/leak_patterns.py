"""How leaks look: the table of patterns, by what they find.

A pattern asks for the shape of the thing and not for its words, so that prose that speaks of an error is no leak. Every
repetition that could run far is bounded: a response must not be able to keep the reader busy. The kinds are in
fingerprints, and so they stay as they are, and in their order.
"""

from __future__ import annotations

from typing import Final

Table = tuple[tuple[str, str], ...]
"""(what it is, regular expression); `^` is the beginning of a line."""

TRACES: Final[Table] = (
    ("a Python stack trace", r'Traceback \(most recent call last\)|File "[^"\n]{1,300}\.py", line \d+'),
    (
        "a Java stack trace",
        r"\bat [\w$.<>]{1,300}\((?:[\w$]{1,100}\.(?:java|kt|scala):\d+|Native Method|Unknown Source)\)",
    ),
    (
        "a .NET stack trace",
        r"\bat [\w.<>`]{1,300}\([^)\n]{0,300}\) in [^\n]{1,300}:line \d+|\bSystem\.[\w.]{0,100}Exception: ",
    ),
    (
        "a Node.js stack trace",
        r"\bat (?:[\w$.<>\[\] ]{1,100} )?\(?(?:/|[A-Z]:\\|node:|file://)[^\s()]{1,300}?:\d+:\d+\)?",
    ),
    (
        "a PHP error page",
        r"(?:Fatal error|Warning|Parse error|Notice)\b.{0,300}? in (?:<b>)?[^\s<]{1,300}\.php(?:</b>)? on line (?:<b>)?"
        r"\d+|#\d{1,4} [^\s]{1,300}\.php\(\d+\): ",
    ),
    ("a Go stack trace", r"goroutine \d{1,9} \[[^\]\n]{1,50}\]:|\.go:\d{1,7} \+0x[0-9a-f]+"),
    ("a Ruby stack trace", r"(?:(?<![\w./-])[\w./-]{1,200}|\w)\.rb:\d+:in [`']"),
    (
        "SQL text",
        r"\bSQLSTATE\[?[0-9A-Z]{5}|\bORA-\d{5}\b|\bpsycopg2?\.\w|\bsqlite3\.\w{0,40}Error"
        r"|[Ee]rror in your SQL syntax|\bSELECT [^\n]{1,200}? FROM [\w.\"`]|\bINSERT INTO [\w.\"`]{1,100} ?\("
        r"|\bUPDATE [\w.\"`]{1,100} SET \w{1,100} ?=|\bDELETE FROM [\w.\"`]{1,100} WHERE ",
    ),
    (
        "a debug page",
        r"Werkzeug Debugger|You're seeing this error because you have <code>DEBUG|Whitelabel Error Page"
        r"|Django Version:|<title>Symfony Exception|whoops-container",
    ),
    (
        "a file path of the server",
        r"(?<![\w:/.])/(?:home|usr|var|opt|srv|app|root|etc)/(?:[\w.@-]{1,100}/){1,20}[\w.@-]{1,100}"
        r"\.(?:py|js|ts|java|rb|php|go|cs|class|jar|so|conf|ini|yml|yaml|json|xml|sql|log|properties|env)\b"
        r"|\b[A-Z]:\\(?:[\w. -]{1,60}\\){1,20}[\w. -]{1,60}\.\w{1,8}\b",
    ),
)
"""What shows most of a server. These come first, so that a response is what it was before there were others."""

MESSAGES: Final[Table] = (
    ("a Perl error", r" at [\w./\\:-]{1,200}\.(?:pm|pl|cgi|psgi) line \d{1,7}\b"),
    ("a Perl error", r"\bCan't locate (?:object method \"\w|[\w/]{1,100}\.pm in @INC)"),
    ("a Perl error", r"\bUse of uninitialized value \$\w{1,80}[\w{}\[\]\"'$>-]{0,80} in \w"),
    (
        "a Perl error",
        r"\bCan't use (?:an undefined value|string \(\"[^\"\n]{0,100}\"\)) as an? (?:ARRAY|HASH|SCALAR|CODE)",
    ),
    ("a Rust panic", r"\bthread '[^'\n]{1,100}' (?:\(\d{1,9}\) )?(?:has overflowed its stack|panicked at )"),
    ("a Rust panic", r"\bpanicked at (?:'[^\n]{1,300}', )?[\w./\\-]{1,200}\.rs:\d+:\d+"),
    ("a Rust panic", r"\bcalled `(?:Option|Result)::\w{1,20}\(\)` on an? `(?:None|Err|Ok)` value"),
    (
        "a Rust panic",
        r"^ {1,6}\d{1,4}: {1,6}(?:0x[0-9a-f]{4,16} - )?(?:core|std|tokio|actix\w{0,9}|axum|hyper)::\w",
    ),
    ("a Rust panic", r"(?<![\w./-])(?:\./)?(?:src|/rustc/[0-9a-f]{40})/[\w./-]{1,200}\.rs:\d+\b"),
    ("an Elixir stack trace", r"\*\* \((?:[A-Z][\w.]{0,150}Error|EXIT from #PID<[\d.]{1,30}>)\) \S"),
    ("an Elixir stack trace", r"^ {2,8}\([\w-]{1,60} [0-9][\w.+-]{0,30}\) [\w./-]{1,200}\.(?:ex|exs|erl):\d+: "),
    ("an Elixir stack trace", r"(?<![\w./-])(?:lib|web|deps)/[\w./-]{1,200}\.exs?:\d+: "),
    ("an Elixir stack trace", r"#PID<\d{1,6}\.\d{1,9}\.\d{1,6}>|\bno function clause matching in [A-Z]\w{0,60}\."),
    ("an Erlang error", r"=(?:ERROR|CRASH|SUPERVISOR) REPORT====|\bCRASH REPORT Process <\d"),
    ("an Erlang error", r"\{(?:badmatch|case_clause|badarg|function_clause|undef|badkey)\b[^\n]{0,300}\[\{\w{1,60},"),
    ("an Erlang error", r"\[\{file,\"[^\"\n]{1,200}\.erl\"\},\{line,\d"),
    (
        "a Ruby stack trace",
        r"\bundefined (?:local variable or )?method [`'][^\s']{1,80}' for (?:nil\b|an instance|#<)",
    ),
    (
        "a Ruby stack trace",
        r"\bAction(?:Controller|Dispatch|View)::\w|\b(?:NoMethod|Name|Type)Error \(\w|\bRails\.root: ",
    ),
    (
        "a Ruby stack trace",
        r"(?<![\w./-])(?:app|lib|config)/[\w./-]{1,200}\.rb:\d+\b|\bgems/[\w.-]{1,80}/lib/[\w/]{1,100}\.rb\b",
    ),
    ("a PHP error page", r"\bPHP (?:Fatal error|Warning|Notice|Parse error|Deprecated): {1,2}\S"),
    (
        "a PHP error page",
        r"(?:Deprecated|Recoverable fatal error|Strict Standards)(?:</b>)?: .{0,300}? in (?:<b>)?[^\s<]{1,300}\.php\b",
    ),
    ("a PHP error page", r"\bin [^\s<]{1,300}\.php:\d{1,6}\b|\"file\": ?\"[^\"\n]{1,300}\.php\",\s{0,20}\"line\": ?\d"),
    ("a .NET stack trace", r"^ {2,8}at (?:System|Microsoft|Npgsql|Newtonsoft|lambda_method)[\w.<>`+\[\],]{0,200}\("),
    ("a .NET stack trace", r"\b(?:Microsoft|Npgsql|Newtonsoft\.Json)\.[\w.]{0,100}Exception(?: \(0x[0-9A-F]{8}\))?: "),
    ("a .NET stack trace", r"---> (?:System|Microsoft|Npgsql)\.\w|--- End of (?:inner exception )?stack trace"),
    (
        "a Go stack trace",
        r"\bruntime error: (?:index out of range \[|invalid memory address|slice bounds out of range \[)",
    ),
    ("a Go stack trace", r"\bpanic: (?:runtime error|assignment to entry in nil map|interface conversion)\b"),
    (
        "a Go stack trace",
        r"\binterface conversion: interface \{\} is \w|\[signal SIG[A-Z]{3,6}: |\bcreated by net/http\.",
    ),
    ("a Go stack trace", r"(?<![\w./-])[\w./@-]{1,200}\.go:\d{1,7}(?::\d{1,5})?: \S|^\t/[\w./@-]{1,200}\.go:\d{1,7}\b"),
    (
        "a Java stack trace",
        r"\b(?:java|javax|jakarta|org\.(?:springframework|apache|hibernate|eclipse)|com\.(?:fasterxml|google|zaxxer|sun))"
        r"\.[\w.$]{1,200}(?:Exception|Error)\b",
    ),
    (
        "a Java stack trace",
        r"^\s{0,8}\.\.\. \d{1,4} (?:more|common frames omitted)(?:$|[\"\\<])|<b>Type</b> Exception Report",
    ),
    ("a message of an ORM", r"\bsqlalchemy\.(?:exc|orm)\.\w|\(Background on this error at: https://sqlalche\.me/"),
    ("a message of an ORM", r"\[SQL: \w|\[parameters: [({\[]"),
    ("a message of an ORM", r"\bcould not (?:execute|extract|prepare) (?:statement|ResultSet|query)[;. ]{0,3}[\[;]"),
    ("a message of an ORM", r"\bActiveRecord::\w|\bPG::\w{1,60}: |\bMysql2::Error\b"),
    ("a message of an ORM", r"\bPrismaClient\w{1,40}Error\b|\bInvalid `[\w.]{0,40}prisma\.\w|\bQueryFailedError\b"),
    ("a message of an ORM", r"\bSequelize[A-Z]\w{0,40}Error\b|\b(?:ER|SQLITE)_[A-Z]{2,20}(?:_[A-Z]{2,20}){0,5}: "),
    ("a message of an ORM", r"\bERROR: [^\n]{1,300} \(SQLSTATE [0-9A-Z]{5}\)|\bgorm\.io/\w"),
    ("a message of an ORM", r"\bDoctrine\\{1,2}[A-Z]\w|\bAn exception occurred while executing (?:a query|'[A-Z])"),
    ("a message of an ORM", r"\bdjango\.(?:db|core)\.\w|\b(?:Postgrex|MyXQL|Ecto)\.\w{1,60}Error\b|\bDB[ID]x?::\w"),
    ("a debug page", r"<title>Action Controller: Exception caught</title>|\bBetterErrors\b"),
    ("a debug page", r"Sinatra doesn.{1,8}t know this ditty|<h1>BACKTRACE"),
    ("a debug page", r"\[No relevant source lines\]|\bASP\.NET Version:\s?\d"),
    ("a debug page", r"<h1>An unhandled exception occurred while processing the request\.</h1>"),
    ("a debug page", r"\bPlug\.Debugger\b|\bignition-config\b|<title>Mojolicious [^<\n]{0,80}Exception"),
)
"""What shows a stack by one line of its own."""
