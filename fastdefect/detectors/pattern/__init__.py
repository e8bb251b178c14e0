"""The pattern model: trained on good images of material that varies in itself."""
