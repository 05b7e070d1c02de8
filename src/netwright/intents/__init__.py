"""What people want, as files: the models, the loader that knows every field's place, the calendar, the JSON Schema."""
