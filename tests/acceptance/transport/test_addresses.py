"""Addresses: a base URL is checked once and for all, and an address has an owner."""

from __future__ import annotations

import pytest

from export_contract.acceptance.transport.addresses import checked_url, is_signed, joined, same_origin
from export_contract.acceptance.transport.target import Target


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://api.example.com/tp-api", "https://api.example.com/tp-api"),
        ("https://api.example.com/tp-api/", "https://api.example.com/tp-api"),
        ("https://api.example.com/tp-api//", "https://api.example.com/tp-api"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("HTTPS://API.example.com", "HTTPS://API.example.com"),
        ("http://bücher.example/x/", "http://bücher.example/x"),
        ("http://api_1.example.", "http://api_1.example."),
        ("http://" + "a" * 63 + ".example", "http://" + "a" * 63 + ".example"),
    ],
)
def test_base_urls(text: str, url: str) -> None:
    """A base URL may have a path, and slashes at its end are dropped."""
    assert checked_url(text) == url
    with Target(text, "/exports") as target:
        assert target.url == f"{url}/exports"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "http:// or https://"),
        ("127.0.0.1:8080", "not a valid URL"),
        ("api.example.com", "http:// or https://"),
        ("ftp://api.example.com", "http:// or https://"),
        ("http://", "http:// or https://"),
        ("http:///exports", "http:// or https://"),
        ("http://user:pass@host/", "EXPORT_CONTRACT_AUTHORIZATION"),
        ("http://user@host/", "EXPORT_CONTRACT_AUTHORIZATION"),
        ("http://host/?a=b", "query"),
        ("http://host/?", "query"),
        ("http://host/#part", "fragment"),
        ("http://host/#", "fragment"),
        ("http://host:99999/", "not a valid URL"),
        ("http://host:port/", "not a valid URL"),
        ("http://ho st/", "not a valid URL"),
        ("http://host/\n", "not a valid URL"),
        ("http://[::1/", "not a valid URL"),
        ("http://[::g]/", "not a valid URL"),
        ("http://[1::2::3]/", "not a valid URL"),
        ("http://256.1.1.1/", "not a valid URL"),
        ("http://a..b/", "not a valid host name"),
        ("http://.a/", "not a valid host name"),
        ("http://./", "not a valid host name"),
        ("http://" + "a" * 64 + ".example", "not a valid host name"),
        ("http://" + "a." * 200 + "example", "not a valid host name"),
        ("http://%41/", "not a valid host name"),
        ("http://host\\x/", "not a valid host name"),
        ("http://xn--a/", "not a valid URL"),
        ("http://☃.example/", "not a valid URL"),
        ("http://exa\u200bmple.com/", "not a valid URL"),
        ("http://host:-1/", "not a valid URL"),
        ("http://host:0/", "port is 0"),
        ("http://host:\uff18\uff10/", "not a valid URL"),
        ("http://ho\0st/", "not a valid URL"),
        ("http://host/\ud800", "not a valid URL"),
        ("http://" + "a" * 100_000, "not a valid URL"),
        ("http://user:pass@ho st/", "EXPORT_CONTRACT_AUTHORIZATION"),
        ("http://user:pass@[::g/", "EXPORT_CONTRACT_AUTHORIZATION"),
    ],
)
def test_what_is_no_base_url(text: str, problem: str) -> None:
    """What is no base URL is refused in one sentence that says why."""
    with pytest.raises(ValueError, match=problem) as caught:
        checked_url(text)
    assert "\n" not in str(caught.value)
    assert "pass" not in str(caught.value)
    assert len(str(caught.value)) < 500
    str(caught.value).encode("ascii", "backslashreplace")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a/x", "http://A:80/y?z", True),
        ("https://a/x", "https://a:443", True),
        ("http://bücher.example", "http://xn--bcher-kva.example/x", True),
        ("http://a", "https://a", False),
        ("http://a", "http://a:8080", False),
        ("http://a", "http://a.b", False),
        ("http://a", "http://a@b/", False),
        ("http://a..b", "http://a..b", False),
    ],
)
def test_origins(one: str, other: str, *, same: bool) -> None:
    """An origin is a scheme, a host and a port; what is not a valid URL has none."""
    assert same_origin(one, other) is same


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://s3.example/f?X-Amz-Credential=a&X-Amz-Signature=b", True),
        ("https://gcs.example/f?x-goog-signature=b", True),
        ("https://azure.example/f?sv=1&sig=b", True),
        ("https://cdn.example/f?Expires=1&Key-Pair-Id=b", True),
        ("/files/1?token=abc", True),
        ("/files/1?id=abc", False),
        ("/files/sig", False),
        ("http://[::1?sig=b", False),
    ],
)
def test_signed(url: str, *, signed: bool) -> None:
    """A URL is signed where a parameter of its query says so."""
    assert is_signed(url) is signed


def test_joining() -> None:
    """A reference is joined to where it stands; what cannot be joined stays what it is."""
    assert joined("http://a/b/c", "../d?e") == "http://a/d?e"
    assert joined("http://a/b", "https://c/") == "https://c/"
    assert joined("http://a/b", "http://[::1") == "http://[::1"
