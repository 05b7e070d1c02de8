"""An emulated Huawei router: a NETCONF server over the vendor's own schema, with candidate, locks and confirmed commit."""
