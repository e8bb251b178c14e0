"""A page that zooms into a large image and its defects; needs Jinja2 (extra ``report``)."""
