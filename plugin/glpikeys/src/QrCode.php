<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use TCPDF2DBarcode;

/**
 * A QR code as SVG, drawn from the matrix of the library that GLPI brings
 * along (TCPDF, in 10.0 and 11.0).
 *
 * @license GPL-3.0-or-later
 */
final class QrCode
{
    private const QUIET_ZONE = 4;

    /** Empty where GLPI came without the library. */
    public static function svg(string $text): string
    {
        if (!class_exists(TCPDF2DBarcode::class)) {
            return '';
        }
        $code = (new TCPDF2DBarcode($text, 'QRCODE,M'))->getBarcodeArray();
        if (!is_array($code) || !isset($code['bcode'])) {
            return '';
        }
        return self::draw($code['bcode']);
    }

    /** @param array<int, array<int, int|string>> $rows */
    private static function draw(array $rows): string
    {
        $path = '';
        foreach (array_values($rows) as $y => $row) {
            foreach (array_values($row) as $x => $dark) {
                if ((int) $dark === 1) {
                    $path .= sprintf('M%d %dh1v1h-1z', $x + self::QUIET_ZONE, $y + self::QUIET_ZONE);
                }
            }
        }
        $side = count($rows) + 2 * self::QUIET_ZONE;

        return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 $side $side' width='240' height='240'"
            . " shape-rendering='crispEdges' role='img'><rect width='$side' height='$side' fill='#fff'/>"
            . "<path d='$path' fill='#000'/></svg>";
    }
}
