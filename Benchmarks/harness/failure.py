"""Why a part could not be measured."""


class Failure(Exception):
    """A server that did not start, a request that failed, or answers that were not what was to be measured."""
