<?php

declare(strict_types=1);

use Kameng\MessageCommand;
use PHPUnit\Framework\TestCase;

final class MessageCommandTest extends TestCase
{
    // Goal: a message goes to the shop's own program, and what became of it goes back.
    // Method: programs that keep what they read, fail, and are not there; and none.
    public function testAMessageGoesToAProgram(): void
    {
        $message = ['channel' => 'email', 'to' => 'li.na@example.com', 'params' => ['code' => '123456']];
        $kept = tempnam(sys_get_temp_dir(), 'kameng');
        $sent = (new MessageCommand('cat > ' . escapeshellarg($kept)))->send($message);
        self::assertSame(['response' => ['status' => 200]], $sent);
        self::assertSame($message, json_decode((string) file_get_contents($kept), true));
        unlink($kept);
        foreach ([null, 'false', '/nowhere/at/all 2>/dev/null'] as $command) {
            $outcome = (new MessageCommand($command))->send($message);
            self::assertSame('not_sent', $outcome['failure']['kind']);
        }
    }
}
