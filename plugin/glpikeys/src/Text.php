<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

/**
 * The one place that knows how GLPI 10 and 11 want their text. GLPI 10 hands
 * every input over HTML-encoded and SQL-escaped and expects add() and update()
 * to be given the same; GLPI 11 passes raw text everywhere. All code of this
 * plugin works with raw text and passes through here, once, at the border.
 *
 * @license GPL-3.0-or-later
 */
final class Text
{
    private const SANITIZER = 'Glpi\\Toolbox\\Sanitizer';

    /**
     * Text as a person typed it.
     *
     * @template T
     * @param T $value text, or an array of texts
     * @return T
     */
    public static function raw(mixed $value): mixed
    {
        return self::sanitizes() ? (self::SANITIZER)::unsanitize($value) : $value;
    }

    /**
     * Raw text as add() and update() of GLPI's items want it.
     *
     * @template T
     * @param T $value text, or an array of texts
     * @return T
     */
    public static function forItem(mixed $value): mixed
    {
        if (!self::sanitizes()) {
            return $value;
        }
        if (is_array($value)) {
            return array_map([self::class, 'forItem'], $value);
        }
        if (!is_string($value)) {
            return $value;
        }
        // Not sanitize(): it takes a text that looks escaped for one that is.
        return (self::SANITIZER)::dbEscape((self::SANITIZER)::encodeHtmlSpecialChars($value));
    }

    /**
     * Raw values as $DB->insert(), update() and WHERE arrays want them: GLPI 10
     * quotes there, but does not escape (10.0.12 src/DBmysql.php quoteValue).
     *
     * @template T
     * @param T $value text, or an array of texts
     * @return T
     */
    public static function forQuery(mixed $value): mixed
    {
        return self::forItem($value);
    }

    private static function sanitizes(): bool
    {
        return class_exists(self::SANITIZER)
            && method_exists(self::SANITIZER, 'dbEscape')
            && defined('GLPI_VERSION') && version_compare(GLPI_VERSION, '11.0.0-dev', '<');
    }
}
