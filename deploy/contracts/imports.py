"""A kind of import contract that import-linter lacks: a package may import these packages and nothing else."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyContract(Contract):
    """`source` and all in it import each other, Python's own library, and what is `allowed`; nothing else."""

    source: Any = fields.ModuleField()
    allowed: Any = fields.SetField(subfield=fields.ModuleField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find what is imported beyond what is allowed."""
        inside = {self.source.name, *graph.find_descendants(self.source.name)}
        known = {*(module.name for module in self.allowed), *sys.stdlib_module_names}
        reached = {
            (importer, imported)
            for importer in inside
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported not in inside and imported.partition(".")[0] not in known
        }
        return ContractCheck(kept=not reached, metadata={"reached": sorted(reached)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that is one too many."""
        for importer, imported in check.metadata["reached"]:
            output.print_error(f"{importer} is not allowed to import {imported}.")
