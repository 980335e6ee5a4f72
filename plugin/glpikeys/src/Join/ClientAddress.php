<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

/**
 * Where a request comes from: the address limits are counted by, and whether it is encrypted.
 */
final class ClientAddress
{
    /**
     * REMOTE_ADDR, or what a configured proxy says in X-Forwarded-For. Anybody may send that
     * header, so it counts only when the connection itself comes from such a proxy.
     *
     * @param array<string, mixed> $server  $_SERVER
     * @param string[]             $proxies addresses of the proxies in front of GLPI
     */
    public static function of(array $server, array $proxies): string
    {
        $address = (string) ($server['REMOTE_ADDR'] ?? '');
        $chain = array_map('trim', explode(',', (string) ($server['HTTP_X_FORWARDED_FOR'] ?? '')));
        while (in_array($address, $proxies, true) && $chain !== []) {
            $next = array_pop($chain);
            if (filter_var($next, FILTER_VALIDATE_IP) === false) {
                break;
            }
            $address = $next;
        }
        return $address;
    }

    /**
     * Whether the visitor's browser speaks https, also to a configured proxy in front of GLPI.
     *
     * @param array<string, mixed> $server  $_SERVER
     * @param string[]             $proxies addresses of the proxies in front of GLPI
     */
    public static function isSecure(array $server, array $proxies): bool
    {
        $https = strtolower((string) ($server['HTTPS'] ?? ''));
        if ($https !== '' && $https !== 'off') {
            return true;
        }
        return in_array($server['REMOTE_ADDR'] ?? '', $proxies, true)
            && strtolower((string) ($server['HTTP_X_FORWARDED_PROTO'] ?? '')) === 'https';
    }

    /** What is counted together: an IPv4 address, or the /64 one IPv6 customer has. */
    public static function group(string $address): string
    {
        $packed = @inet_pton($address);
        if ($packed === false) {
            return 'unknown';
        }
        return strlen($packed) === 4 ? $address : bin2hex(substr($packed, 0, 8));
    }
}
