<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

/**
 * What an administrator may set, and which of it is sensible.
 *
 * @license GPL-3.0-or-later
 */
final class Settings
{
    /**
     * @param array<string, mixed> $input what came in, as typed
     * @return array<string, string> only known settings with a sensible value
     */
    public static function read(array $input): array
    {
        $values = [];
        if (in_array($input['refused_account'] ?? null, ['disable', 'delete'], true)) {
            $values['refused_account'] = $input['refused_account'];
        }
        if (isset($input['delete_data_on_uninstall'])) {
            $values['delete_data_on_uninstall'] = in_array($input['delete_data_on_uninstall'], ['1', 1], true) ? '1' : '0';
        }
        if (is_string($input['trusted_proxies'] ?? null)) {
            $values['trusted_proxies'] = implode(',', self::addresses($input['trusted_proxies']));
        }
        return $values;
    }

    /** @return string[] the addresses of a list; what is none is left out */
    private static function addresses(string $list): array
    {
        $parts = preg_split('/[\s,;]+/', $list, -1, PREG_SPLIT_NO_EMPTY) ?: [];

        return array_values(array_unique(array_filter(
            $parts,
            static fn (string $part): bool => filter_var($part, FILTER_VALIDATE_IP) !== false
        )));
    }
}
