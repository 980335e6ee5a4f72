<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use Dropdown;

/**
 * A search column "state" whose values are words of the class's stateNames().
 * For classes that extend CommonDBTM.
 *
 * @license GPL-3.0-or-later
 */
trait StateColumn
{
    /** @return array<string, string> state => word for people */
    abstract public static function stateNames(): array;

    public static function getSpecificValueToDisplay($field, $values, array $options = [])
    {
        if ($field === 'state') {
            return self::stateNames()[self::stateIn($values)] ?? '';
        }
        return parent::getSpecificValueToDisplay($field, $values, $options);
    }

    public static function getSpecificValueToSelect($field, $name = '', $values = '', array $options = [])
    {
        if ($field === 'state') {
            return Dropdown::showFromArray(
                $name,
                self::stateNames(),
                ['value' => self::stateIn($values), 'display' => false]
            );
        }
        return parent::getSpecificValueToSelect($field, $name, $values, $options);
    }

    private static function stateIn($values): string
    {
        return is_array($values) ? (string) ($values['state'] ?? '') : (string) $values;
    }
}
