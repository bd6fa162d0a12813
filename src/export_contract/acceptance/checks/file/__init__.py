"""Files of finished jobs: read record by record, in memory that does not grow with them, and judged."""
