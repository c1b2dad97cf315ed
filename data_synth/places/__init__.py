"""The places of a world: municipalities, offices, mergers and the adoption of conditions."""
