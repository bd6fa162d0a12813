"""The bundled suite: `pytest --pyargs export_contract.acceptance_suite --export-contract-url URL`.

pytest takes this module's name for what to collect, and the plugin collects one item for each requirement of the
contract. There is nothing to import here.
"""
