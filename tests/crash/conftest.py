from tests.crash.stage import stage

__all__ = ["stage"]
