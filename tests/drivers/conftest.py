"""The benches of the drivers: emulated routers that a test asks for by name."""

from huawei_bench import bench, start
from zte_box import box

__all__ = ["bench", "box", "start"]
