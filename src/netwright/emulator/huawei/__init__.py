"""An emulated Huawei router: NETCONF over the vendor's own schema, with candidate, locks, confirmed commit."""
