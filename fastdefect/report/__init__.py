"""Pictures of a result: overlay and panel."""
