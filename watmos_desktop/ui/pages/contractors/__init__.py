"""The register of contractors."""
