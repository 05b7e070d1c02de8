"""IR to text through Jinja2, parsed back strictly, owners kept."""
