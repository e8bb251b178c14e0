"""Pictures of how a network was trained."""
