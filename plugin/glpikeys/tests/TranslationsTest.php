<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use PHPUnit\Framework\TestCase;

final class TranslationsTest extends TestCase
{
    private const LANGUAGES = ['en_GB', 'fr_FR', 'es_ES', 'pt_BR', 'de_DE'];

    /** Each language has each sentence of the code, with the same places for values. */
    public function testAreComplete(): void
    {
        $texts = self::texts();
        self::assertGreaterThan(100, count($texts));
        foreach (self::LANGUAGES as $language) {
            $po = (string) file_get_contents(dirname(__DIR__) . "/locales/$language.po");
            $po = str_replace("\"\n\"", '', $po);
            foreach ($texts as $text) {
                $found = preg_match('/^msgid "' . preg_quote(addcslashes($text, '"'), '/') . '"\n(?:msgid_plural ".*"\n)?'
                    . 'msgstr(?:\[0\])? "(.+)"$/m', $po, $match);
                self::assertSame(1, $found, "$language: $text");
                self::assertSame(self::places($text), self::places($match[1]), "$language: $text");
            }
        }
    }

    /** @return string[] what the code asks GLPI to translate in the plugin's name */
    private static function texts(): array
    {
        $texts = [];
        foreach (['front', 'inc', 'src', 'templates'] as $folder) {
            $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(dirname(__DIR__) . "/$folder"));
            foreach ($files as $file) {
                if (!$file->isFile()) {
                    continue;
                }
                preg_match_all(
                    "/(?:__\\(|_n\\((?='))\\s*'((?:[^'\\\\]|\\\\.)*)'(?:, '[^']*', [^,;]*)?,\\s*'glpikeys'\\s*\\)/",
                    (string) file_get_contents($file->getPathname()),
                    $found
                );
                array_push($texts, ...array_map(stripslashes(...), $found[1]));
            }
        }
        return array_unique($texts);
    }

    /** @return string[] sorted, since languages put values in another order */
    private static function places(string $text): array
    {
        preg_match_all('/%(?:\d\$)?[sd]/', $text, $found);
        sort($found[0]);
        return $found[0];
    }
}
