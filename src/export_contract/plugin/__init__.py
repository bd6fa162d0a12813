"""The pytest plugin, behind its door `pytest_plugin`. Nothing here imports more than pytest until it is called."""
