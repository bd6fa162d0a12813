"""Sending: HTTP, the budget, pacing and retries. The only room that knows httpx."""
