"""What all tests share: how hypothesis behaves where two workers share a machine."""

import os

from hypothesis import settings

# No deadline: a busy machine is not a bug. In CI the same examples every time: a red run can be repeated.
settings.register_profile("netwright", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("netwright")
