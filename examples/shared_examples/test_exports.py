"""A test whose failures are worth sharing: it takes some draws to find what it finds."""

from hypothesis import given, settings

from export_contract import valid_requests


@given(case=valid_requests())
@settings(max_examples=8, deadline=None)
def test_whatever_is_valid(export_target, assert_conforms, case):
    assert_conforms(export_target.send(case), case)
