<?php

/**
 * The plugin's logic without GLPI: classes from src/, and GLPI's translation
 * functions as they answer in English.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $roots = ['GlpiPlugin\\Glpikeys\\Tests\\' => __DIR__ . '/', 'GlpiPlugin\\Glpikeys\\' => dirname(__DIR__) . '/src/'];
    foreach ($roots as $prefix => $folder) {
        if (str_starts_with($class, $prefix)) {
            $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($file)) {
                require $file;
            }
            return;
        }
    }
});

if (!function_exists('__')) {
    function __(string $text, string $domain = 'glpi'): string
    {
        return $text;
    }

    function _n(string $one, string $many, int $count, string $domain = 'glpi'): string
    {
        return $count === 1 ? $one : $many;
    }

    function _x(string $context, string $text, string $domain = 'glpi'): string
    {
        return $text;
    }
}
