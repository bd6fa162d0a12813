"""Changes of requirements.yaml that make it unusable."""

from __future__ import annotations

from typing import Final

from .edits import Edit

REQUIREMENTS_EDITS: Final = (
    Edit(
        "unknown pointer",
        "pointers: [/components/schemas/ExportRequest/type]",
        "pointers: [/components/schemas/ExportRequest/tipe]",
        "EXP-BODY-OBJECT",
        "it points at /components/schemas/ExportRequest/tipe, which is not in ",
    ),
    Edit(
        "pointer without a slash",
        "pointers: [/components/schemas/ExportRequest/type]",
        "pointers: [components/schemas]",
        "EXP-BODY-OBJECT",
        "it points at components/schemas",
    ),
    Edit("unknown rule", "rule: json/syntax", "rule: json/sintax", "EXP-BODY-JSON", "there is no rule 'json/sintax'"),
    Edit(
        "unknown key",
        "statement: The body is a JSON object.",
        "statement: The body is a JSON object.\n        note: x",
        r"\$\.areas\[1\]\.requirements\[1\]",
        "unknown field `note`",
    ),
    Edit("unknown key at the top", "areas:\n", "version: 1\nareas:\n", r"\$|", "unknown field `version`"),
    Edit(
        "missing key",
        "        statement: The body is a JSON object.\n",
        "",
        r"\$\.areas\[1\]\.requirements\[1\]",
        "missing required field `statement`",
    ),
    Edit("no areas", "areas:\n", "sections:\n", r"\$|", "`"),
    Edit(
        "wrong expectation",
        "      - id: EXP-BODY-OBJECT\n        level: MUST\n        expectation: reject\n",
        "      - id: EXP-BODY-OBJECT\n        level: MUST\n        expectation: refuse\n",
        r"\$\.areas\[1\]\.requirements\[1\]\.expectation",
        "'refuse'",
    ),
    Edit(
        "wrong level",
        "      - id: EXP-BODY-OBJECT\n        level: MUST\n",
        "      - id: EXP-BODY-OBJECT\n        level: SHALL\n",
        r"\$\.areas\[1\]\.requirements\[1\]\.level",
        "'SHALL'",
    ),
    Edit(
        "pointers that are no list",
        "pointers: [/components/schemas/ExportRequest/type]",
        "pointers: /components/schemas/ExportRequest/type",
        r"\$\.areas\[1\]\.requirements\[1\]\.pointers",
        "array",
    ),
    Edit(
        "duplicate id",
        "- id: EXP-BODY-OBJECT\n",
        "- id: EXP-BODY-JSON\n",
        "EXP-BODY-JSON",
        "two requirements have this id",
    ),
    Edit(
        "a key twice",
        "        statement: The body is a JSON object.\n",
        "        statement: The body is a JSON object.\n" * 2,
        r"line \d+ column 9",
        "the key 'statement' occurs twice",
    ),
    Edit(
        "unknown anchor",
        "      - <<: *open-timestamp\n        id: EXP-OPEN-TIME-REDUCED\n",
        "      - <<: *open\n        id: EXP-OPEN-TIME-REDUCED\n",
        r"line \d+ column 13",
        "alias",
    ),
)
