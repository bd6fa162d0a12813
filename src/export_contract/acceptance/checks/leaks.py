"""What shows that a server lets its inside be seen: traces, SQL, file paths, debug pages.

Each pattern asks for the shape of the thing and not for its words, so that prose that speaks of an error is no leak.
"""

from __future__ import annotations

import re
from typing import Final

# Every repetition that could run far is bounded: an answer must not be able to keep the reader busy.
_PATTERNS: Final = (
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
        r"(?:Fatal error|Warning|Parse error|Notice)\b.{0,300}? in (?:<b>)?[^\s<]{1,300}\.php(?:</b>)? on line (?:<b>)?\d+"
        r"|#\d{1,4} [^\s]{1,300}\.php\(\d+\): ",
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
_MOST_LOOKED_AT: Final = 128 * 1024
"""Characters; a trace stands near the beginning."""
_COMPILED: Final = tuple((what, re.compile(pattern)) for what, pattern in _PATTERNS)


def find_leak(text: str) -> tuple[str, str] | None:
    """(what it is, the piece of text) for the first leak in an answer's text, or None.

    >>> find_leak('There was an error at line 1 column 5.')
    """
    text = text[:_MOST_LOOKED_AT]
    # JSON writes line breaks as escapes; the patterns know only the real ones.
    unescaped = text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")
    for plain in dict.fromkeys((text, unescaped)):
        for what, pattern in _COMPILED:
            if match := pattern.search(plain):
                return what, match.group()[:200]
    return None
