"""From outcomes to findings, requirements and a verdict."""
