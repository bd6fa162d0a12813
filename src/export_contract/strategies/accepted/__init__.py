"""Requests that must be accepted: seed bodies, and the covering array that packs them."""
