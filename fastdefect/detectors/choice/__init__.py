"""Which detector suits a material, told from good images alone."""
