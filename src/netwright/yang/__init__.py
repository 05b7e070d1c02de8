"""The vendor's own model as a judge: YANG modules, libyang in a process of its own, what it says of documents."""
