"""The process identifiers of TOMP, a file per module. `apps.processes.catalogue` puts them together."""
