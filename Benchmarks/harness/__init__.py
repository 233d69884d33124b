"""The benchmark: servers that take turns under the same load, in parts that can be run one by one."""
