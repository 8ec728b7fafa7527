<?php

declare(strict_types=1);

use Kameng\Engine;
use PHPUnit\Framework\TestCase;

final class ConversationTest extends TestCase
{
    /** @return iterable<string, array{string}> */
    public static function conversations(): iterable
    {
        foreach (glob(DATA . '/*.json') ?: [] as $path) {
            yield basename($path, '.json') => [$path];
        }
    }

    /**
     * Goal: what a host can say and hears from PHP is what the Python tests hear.
     * Method: replays every conversation file on an engine of its own.
     *
     * @dataProvider conversations
     */
    public function testConversation(string $path): void
    {
        $engine = new Engine(configuration(fresh_folder()), library());
        $this->assertGreaterThan(0, Conversation::replay($engine, $path));
    }

    /** @return iterable<array{string}> */
    public static function wrongSteps(): iterable
    {
        yield ['{"call": "system.verify", "context": {"as": "host"}, "expect": {"ok": false}}'];
        yield ['{"call": "system.verify", "context": {"as": "host"}, "expect": {"nothing": 1}}'];
        yield ['{"call": "system.verify", "context": {"as": "host"}, "expect": {"checks": []}}'];
        yield ['{"call": "system.verify", "context": {"as": "host"}, "error": {"status": "NOT_FOUND"}}'];
        yield ['{"call": "system.verify", "error": {"status": "NOT_FOUND"}}'];
    }

    /**
     * Goal: a replay can fail.
     * Method: answers that differ, and errors that do not come or are others.
     *
     * @dataProvider wrongSteps
     */
    public function testAWrongConversationFails(string $step): void
    {
        $folder = fresh_folder();
        file_put_contents("$folder/wrong.json", "{\"steps\": [$step]}");
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage('wrong.json step 1');
        Conversation::replay(new Engine(configuration($folder), library()), "$folder/wrong.json");
    }
}
