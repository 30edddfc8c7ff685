// Monitor commands for a UART: a transcript with virtual time, typing at its baud rate, and a bad line.
// For Renode 1.16.1; C# 7.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    public static class ConsoleExtensions
    {
        /// Writes each complete line as "TIME<TAB>LINE<LF>": virtual microseconds of its first byte, and
        /// its bytes as they are. A tap does not survive `Load`: make a new one.
        public static void CreateConsoleTap(this IUART uart, string path)
        {
            var machine = MachineOf(uart);
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
            }
            catch(Exception e)
            {
                throw new RecoverableException("transcript not opened: " + e.Message);
            }
            var line = new List<byte>();
            unfinished[uart] = line;
            uart.CharReceived += sent =>
            {
                foreach(var value in Carried(fromBoard, uart, sent))
                {
                    if(line.Count == 0)
                    {
                        var time = machine.ElapsedVirtualTime.TimeElapsed.TotalMicroseconds;
                        line.AddRange(Encoding.ASCII.GetBytes(time.ToString("F3", CultureInfo.InvariantCulture) + "\t"));
                    }
                    line.Add(value);
                    if(value != (byte)'\n') { continue; }
                    file.Write(line.ToArray(), 0, line.Count);
                    file.Flush();
                    line.Clear();
                }
            };
        }

        /// What no newline has ended yet, two hexadecimal digits a byte.
        public static string UnfinishedBytes(this IUART uart)
        {
            List<byte> line;
            if(!unfinished.TryGetValue(uart, out line)) { return ""; }
            return string.Concat(line.Skip(line.IndexOf((byte)'\t') + 1).Select(one => one.ToString("X2")));
        }

        /// How many bytes are typed and not there yet.
        public static int TypingBytes(this IUART uart)
        {
            TimeInterval free;
            var now = MachineOf(uart).ElapsedVirtualTime.TimeElapsed;
            if(!freeFrom.TryGetValue(uart, out free) || free <= now) { return 0; }
            return (int)(((free - now).TotalNanoseconds - 1) / Character(uart).TotalNanoseconds) + 1;
        }

        /// Types bytes (two hexadecimal digits each), one character time apart, behind what is still being typed.
        public static void TypeBytes(this IUART uart, string bytes)
        {
            var machine = MachineOf(uart);
            var values = Parse(bytes);
            var character = Character(uart);
            var now = machine.ElapsedVirtualTime.TimeElapsed;
            TimeInterval free;
            if(!freeFrom.TryGetValue(uart, out free) || free < now) { free = now; }
            foreach(var value in values)
            {
                free += character;
                foreach(var arriving in Carried(toBoard, uart, value))
                {
                    var one = arriving;
                    machine.ScheduleAction(free - now, _ => uart.WriteChar(one));
                }
            }
            freeFrom[uart] = free;
        }

        /// A bad line from now on: `threshold` of 2^32 bytes meet a fault, of one of the `kinds` (with commas between).
        public static void SetLineFaults(this IUART uart, uint threshold, uint seed, string kinds)
        {
            fromBoard[uart] = new FaultyWay(threshold, 2 * seed, kinds);
            toBoard[uart] = new FaultyWay(threshold, 2 * seed + 1, kinds);
        }

        private static IEnumerable<byte> Carried(Dictionary<IUART, FaultyWay> ways, IUART uart, byte value)
        {
            FaultyWay way;
            return ways.TryGetValue(uart, out way) ? way.Carry(value) : new[] { value };
        }

        private static TimeInterval Character(IUART uart)
        {
            var rate = uart.BaudRate == 0 ? UsualBaudRate : uart.BaudRate;
            return TimeInterval.FromNanoseconds(BitsOfACharacter * 1000000000 / rate);
        }

        private static IMachine MachineOf(IUART uart)
        {
            IMachine machine;
            if(!EmulationManager.Instance.CurrentEmulation.TryGetMachineForPeripheral(uart, out machine))
            {
                throw new RecoverableException("this UART belongs to no machine");
            }
            return machine;
        }

        private static byte[] Parse(string text)
        {
            var values = new byte[text.Length / 2];
            for(var i = 0; i < values.Length; i++)
            {
                if(!byte.TryParse(text.Substring(2 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out values[i]))
                {
                    throw new RecoverableException("bytes must be pairs of hexadecimal digits, not " + text);
                }
            }
            if(text.Length % 2 != 0)
            {
                throw new RecoverableException("bytes must be pairs of hexadecimal digits, not " + text);
            }
            return values;
        }

        private static readonly Dictionary<IUART, List<byte>> unfinished = new Dictionary<IUART, List<byte>>();
        private static readonly Dictionary<IUART, TimeInterval> freeFrom = new Dictionary<IUART, TimeInterval>();
        private static readonly Dictionary<IUART, FaultyWay> fromBoard = new Dictionary<IUART, FaultyWay>();
        private static readonly Dictionary<IUART, FaultyWay> toBoard = new Dictionary<IUART, FaultyWay>();

        private const uint UsualBaudRate = 115200;
        private const ulong BitsOfACharacter = 10;
    }
}
