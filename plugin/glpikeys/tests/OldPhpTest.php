<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Tests;

use PHPUnit\Framework\TestCase;

/**
 * GLPI 10 runs on PHP 7.4, too, and reads setup.php and hook.php there before anybody can say
 * that the plugin needs a later one.
 *
 * @license GPL-3.0-or-later
 */
final class OldPhpTest extends TestCase
{
    /** Words and signs that PHP 8 brought, as names of tokens. */
    private const NEW = [
        'T_MATCH', 'T_ENUM', 'T_READONLY', 'T_ATTRIBUTE', 'T_NULLSAFE_OBJECT_OPERATOR',
        'T_AMPERSAND_FOLLOWED_BY_VAR_OR_VARARG', 'T_ELLIPSIS',
    ];

    private const NEW_FUNCTIONS = '/\b(str_contains|str_starts_with|str_ends_with|get_debug_type|array_is_list)\s*\(/';

    /** @return array<string, array{string}> */
    public static function files(): array
    {
        return ['setup.php' => ['setup.php'], 'hook.php' => ['hook.php']];
    }

    /** @dataProvider files */
    public function testNothingThatPhp74CannotRead(string $file): void
    {
        $source = $this->source($file);
        foreach (\PhpToken::tokenize($source) as $token) {
            $this->assertNotContains($token->getTokenName(), self::NEW, "$file:{$token->line}");
        }
        $this->assertDoesNotMatchRegularExpression(self::NEW_FUNCTIONS, $source);
        // Most of what is new is in signatures (types, promotion, trailing commas): keep them plain.
        preg_match_all('/\bfunction\b[^{]*/', $source, $signatures);
        foreach ($signatures[0] as $signature) {
            $this->assertMatchesRegularExpression('/^function \w+\((\$\w+( = \w+)?(, (?!\)))?)*\)\s*$/', $signature);
        }
        // Named arguments, catch without a variable, throw within an expression, static types.
        $this->assertDoesNotMatchRegularExpression('/[(,]\s*[a-z_]+:\s|\bcatch\b|\bthrow\b|\bfn\b|\buse\s/', $source);
    }

    public function testItRefusesPolitely(): void
    {
        [$said, $result] = $this->onOlderPhp('plugin_glpikeys_check_prerequisites()');
        $this->assertSame('GLPI Keys needs PHP 99.0.0 or later.', $said);
        $this->assertFalse($result);
    }

    /** An active plugin after a step back to an older PHP: nothing of it is loaded. */
    public function testItStaysAsleep(): void
    {
        [$said, $result] = $this->onOlderPhp('[plugin_init_glpikeys(), $PLUGIN_HOOKS][1]');
        $this->assertSame('', $said);
        $this->assertSame(['csrf_compliant' => ['glpikeys' => true]], $result);
    }

    /**
     * Runs setup.php as if it asked for a later PHP than this one, without GLPI's classes.
     *
     * @return array{string, mixed} what it printed and what the expression gave
     */
    private function onOlderPhp(string $expression): array
    {
        $source = str_replace("'8.1.0'", "'99.0.0'", $this->source('setup.php'), $count);
        $this->assertSame(1, $count);
        $process = proc_open(
            [PHP_BINARY, '-d', 'display_errors=1', '-d', 'error_reporting=-1'],
            [['pipe', 'r'], ['pipe', 'w']],
            $pipes
        );
        fwrite($pipes[0], $source . "\nob_start(); \$result = $expression; \$said = ob_get_clean();"
            . "\necho json_encode([\$said, \$result]);");
        fclose($pipes[0]);
        $answer = (string) stream_get_contents($pipes[1]);
        proc_close($process);

        return json_decode($answer, true, 8, JSON_THROW_ON_ERROR);
    }

    private function source(string $file): string
    {
        return (string) file_get_contents(dirname(__DIR__) . '/' . $file);
    }
}
