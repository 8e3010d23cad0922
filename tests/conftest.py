"""Which tests run in one process: those that share a compiled model or a fitted study."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, and in the file of all models those of one model."""
    for item in items:
        group = item.path.stem
        if group == "test_models" and hasattr(item, "callspec"):
            group += f"-{item.callspec.params.get('name', '')}"
        item.add_marker(pytest.mark.xdist_group(group))
