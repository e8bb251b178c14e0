"""Parts of the site that no kept extension has."""
