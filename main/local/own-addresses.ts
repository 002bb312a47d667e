/** Under which names and addresses this computer is reached in its network, the likeliest first. */
import os from 'node:os';

export function ownAddresses(interfaces = os.networkInterfaces(), hostName = os.hostname()): readonly string[] {
  const found = Object.values(interfaces).flatMap((list) => list ?? []).filter((one) => !one.internal && !isLinkLocal(one.address));
  const name = hostName.toLowerCase();
  return [
    ...found.filter((one) => one.family === 'IPv4').map((one) => one.address),
    ...found.filter((one) => one.family === 'IPv6').map((one) => `[${one.address}]`),
    // By mDNS, as phones and other computers find it.
    ...(/^[a-z\d-]{1,63}$/.test(name) && name !== 'localhost' ? [`${name}.local`, name] : /^[a-z\d.-]{1,253}$/.test(name) && name.includes('.') ? [name] : []),
  ];
}

/** They differ by network card and need its name (RFC 4007), which no browser takes. */
function isLinkLocal(address: string): boolean {
  return /^(169\.254\.|fe[89ab])/i.test(address);
}
