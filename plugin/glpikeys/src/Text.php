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
        // Not Sanitizer::sanitize(): it takes a text that looks encoded for one
        // that is, so that "it\\'s" typed by a person would lose its backslash.
        global $DB;

        return $DB->escape(strtr($value, ['&' => '&#38;', '<' => '&#60;', '>' => '&#62;']));
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

    /**
     * Text of an item's fields, or of a row, as it was typed: GLPI 10 keeps it
     * HTML-encoded in the database.
     *
     * @template T
     * @param T $value text, or an array of texts
     * @return T
     */
    public static function fromItem(mixed $value): mixed
    {
        return self::sanitizes() ? (self::SANITIZER)::unsanitize($value, false) : $value;
    }

    /**
     * Raw text as GLPI's own code reads it from the database: encoded on 10, but not escaped.
     *
     * @template T
     * @param T $value text, or an array of texts
     * @return T
     */
    public static function stored(mixed $value): mixed
    {
        if (is_array($value)) {
            return array_map([self::class, 'stored'], $value);
        }
        return is_string($value) && self::sanitizes() ? (self::SANITIZER)::encodeHtmlSpecialChars($value) : $value;
    }

    private static function sanitizes(): bool
    {
        return class_exists(self::SANITIZER)
            && method_exists(self::SANITIZER, 'dbEscape')
            && defined('GLPI_VERSION') && version_compare(GLPI_VERSION, '11.0.0-dev', '<');
    }
}
