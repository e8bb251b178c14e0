"""The texture model: trained on good images only."""
