<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use Plugin;

/**
 * The address that an invitation is handed out as. Built from the address that
 * the administrator configured, never from the request's Host header.
 *
 * @license GPL-3.0-or-later
 */
final class Link
{
    public static function to(string $token): string
    {
        return self::page() . '?i=' . $token;
    }

    /** The join page's address without a token. */
    public static function page(): string
    {
        return self::root() . '/' . self::folder() . '/front/join.php';
    }

    /** GLPI's own address, without a trailing slash. */
    public static function root(): string
    {
        global $CFG_GLPI;

        return rtrim((string) ($CFG_GLPI['url_base'] ?? ''), '/');
    }

    /**
     * "plugins/glpikeys" or "marketplace/glpikeys": GLPI 10 serves only the
     * folder where the plugin is; GLPI 11 serves both.
     */
    public static function folder(): string
    {
        $folder = (string) Plugin::getPhpDir('glpikeys', false);
        $name   = basename(dirname($folder));

        return ($name === 'marketplace' ? 'marketplace' : 'plugins') . '/glpikeys';
    }
}
