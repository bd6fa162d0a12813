"""What shows that a server lets its inside be seen: traces, SQL, file paths, debug pages.

Each pattern asks for the shape of the thing and not for its words, so that prose that speaks of an error is no leak.
"""

from __future__ import annotations

import re
from typing import Final

_PATTERNS: Final = (
    ("a Python stack trace", r'Traceback \(most recent call last\)|File "[^"\n]+\.py", line \d+'),
    (
        "a Java stack trace",
        r"(?m)^\s*at [\w$.<>]+\([\w$]+\.(?:java|kt|scala):\d+\)|\bat [\w$]+(?:\.[\w$<>]+)+\((?:[\w$]+\.java:\d+|Native Method|Unknown Source)\)",
    ),
    ("a .NET stack trace", r"\bat [\w.<>`]+\([^)\n]*\) in [^\n]+:line \d+|System\.[\w.]*Exception: "),
    ("a Node.js stack trace", r"\bat (?:[\w$.<>\[\] ]+ )?\(?(?:/|[A-Z]:\\|node:|file://)[^\s()]+:\d+:\d+\)?"),
    (
        "a PHP error page",
        r"(?:Fatal error|Warning|Parse error|Notice)\b.{0,300}? in (?:<b>)?[^\s<]+\.php(?:</b>)? on line (?:<b>)?\d+|#\d+ [^\s]+\.php\(\d+\): ",
    ),
    ("a Go stack trace", r"goroutine \d+ \[[^\]]+\]:|\.go:\d+ \+0x[0-9a-f]+"),
    ("a Ruby stack trace", r"[\w./-]+\.rb:\d+:in [`']"),
    (
        "SQL text",
        r"(?i)\bSQLSTATE\[?[0-9A-Z]{5}|\bORA-\d{5}\b|\bpsycopg2?\.|\bsqlite3\.\w*Error|You have an error in your SQL syntax|\bselect\b[^\n]{1,200}\bfrom\b[^\n]{1,200}\bwhere\b|\binsert into\b[^\n]{1,200}\bvalues\s*\(",
    ),
    (
        "a debug page",
        r"(?i)Werkzeug Debugger|<title>[^<]*\bDEBUG = True|You're seeing this error because you have <code>DEBUG|Whitelabel Error Page|Django Version:|<title>Symfony Exception|whoops-container",
    ),
    (
        "a file path of the server",
        r"(?<![\w:/.])/(?:home|usr|var|opt|srv|app|root|etc)/(?:[\w.@-]+/)+[\w.@-]+\.(?:py|js|ts|java|rb|php|go|cs|class|jar|so|conf|ini|yml|yaml|json|xml|sql|log|properties|env)\b|\b[A-Z]:\\(?:[\w. -]+\\)+[\w. -]+\.\w{1,5}\b",
    ),
)
_COMPILED: Final = tuple((what, re.compile(pattern)) for what, pattern in _PATTERNS)


def find_leak(text: str) -> tuple[str, str] | None:
    """(what it is, the piece of text) for the first leak in an answer's text, or None.

    >>> find_leak('There was an error at line 1 column 5.')
    """
    # JSON writes line breaks as escapes; the patterns know only the real ones.
    for plain in (text, text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")):
        for what, pattern in _COMPILED:
            if match := pattern.search(plain):
                return what, match.group()[:200]
    return None
