"""The records that a run passes on: exchanges, outcomes, results. Nothing here sends, judges or decides."""
