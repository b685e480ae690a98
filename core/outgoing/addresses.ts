import { BlockList, isIP } from 'node:net'

/**
 * What is not the public internet: this machine, networks of firms, links, carriers, documentation, multicast, and the ways
 * of writing IPv4 in IPv6 that lead there. From the registries of special-purpose addresses of IANA.
 */
// Apart: in one list, the network of mapped addresses would stand for all of IPv4.
const special = { 4: new BlockList(), 6: new BlockList() }
const ranges: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  // IPv4 inside: mapped, compatible, translated, 6to4, Teredo. None of them is how a public host is reached.
  ['::', 96],
  ['::ffff:0:0', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 23],
  ['2002::', 16],
  ['100::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]
for (const [network, prefix] of ranges) {
  if (network.includes(':')) special[6].addSubnet(network, prefix, 'ipv6')
  else special[4].addSubnet(network, prefix, 'ipv4')
}

/** Whether an address belongs to the public internet. What is no address does not. */
export function isPublic(address: string): boolean {
  // A zone names a link of this machine.
  if (address.includes('%')) return false
  switch (isIP(address)) {
    case 4:
      return !special[4].check(address, 'ipv4')
    case 6:
      return !special[6].check(address, 'ipv6')
    default:
      return false
  }
}
