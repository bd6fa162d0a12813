"""The pytest plugin, behind `pytest_plugin`. Nothing here imports more than pytest until it is called."""
