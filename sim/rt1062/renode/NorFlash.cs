// Serial NOR flash IS25WP064 as sim/rt1062/devices/nor_flash.py has it, for Renode 1.16.1. C# 7.
// Erases to ones, programs by AND, is busy for the data sheet's typical time. Wait clocks are not checked.

using System;
using System.Collections.Generic;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// The chip on port A1 of a FlexSPI; its array is the memory that code runs from.
    public class NorFlash
    {
        public NorFlash(IMachine machine, IPeripheral owner, MappedMemory memory)
        {
            this.machine = machine;
            this.owner = owner;
            this.memory = memory;
        }

        /// One transaction; `address` is -1 if none was sent. What the chip ignores reads as 0xFF.
        public byte[] Execute(int opcode, long address, byte[] data, int count)
        {
            var silence = Enumerable.Repeat((byte)0xFF, count).ToArray();
            if(asleep)
            {
                asleep = opcode != PowerUp;
                return silence;
            }
            if(opcode == ReadStatus) { return Same(Status, count); }
            if(opcode == ReadStatus2) { return Same((byte)((status & QuadEnable) != 0 ? 2 : 0), count); }
            if(Busy) { return silence; }
            var armed = resetEnabled;
            resetEnabled = opcode == ResetEnable;
            int size, microseconds;
            switch(opcode)
            {
            case ResetEnable:
                break;
            case ResetNow:
                if(armed)
                {
                    status = QuadEnable;
                    Work(35);
                }
                break;
            case WriteEnable: case WriteDisable:
                writeEnabled = opcode == WriteEnable;
                break;
            case PowerDown:
                asleep = true;
                break;
            case WriteStatus:
                if(!writeEnabled || data.Length == 0) { break; }
                status = data[0] & ~3;
                if(data.Length > 1) { status = (status & ~QuadEnable) | ((data[1] & 2) != 0 ? QuadEnable : 0); }
                Work(2000);
                break;
            case 0x02: case 0x32: case 0x38:
                if(writeEnabled && address >= 0 && data.Length > 0) { Program(address % memory.Size, data); }
                break;
            case 0x20: case 0xD7: case 0x52: case 0xD8:
                size = opcode == 0x52 ? 32 * 1024 : opcode == 0xD8 ? 64 * 1024 : 4096;
                microseconds = opcode == 0x52 ? 130000 : opcode == 0xD8 ? 200000 : 70000;
                if(writeEnabled && address >= 0) { Erase(address % memory.Size & ~(size - 1L), size, microseconds); }
                break;
            case 0x60: case 0xC7:
                if(writeEnabled) { Erase(0, memory.Size, 16000000); }
                break;
            case 0x03: case 0x0B: case 0x3B: case 0x6B: case 0xBB: case 0xEB: case 0x0D: case 0xBD: case 0xED:
                return address < 0 ? silence : ReadArray(address % memory.Size, count);
            case 0x9F: return Wrapped(JedecId, 0, count);
            case PowerUp: return Wrapped(new[] { JedecId[2] }, 0, count);
            case 0x90: return Wrapped(new[] { JedecId[0], JedecId[2] }, (int)Math.Max(address, 0) & 1, count);
            case 0x4B: return Wrapped(UniqueId, 0, count);
            case 0x5A: return Parameters(Math.Max(address, 0), count);
            default:
                owner.Log(LogLevel.Warning, "NOR flash command 0x{0:X2} is not supported", opcode);
                break;
            }
            return silence;
        }

        private byte Status
        {
            get { return (byte)(status | (Busy ? 3 : writeEnabled ? 2 : 0)); }
        }

        private bool Busy { get { return Now < busyUntil; } }

        private ulong Now { get { return machine.ElapsedVirtualTime.TimeElapsed.Ticks; } }

        private void Work(ulong microseconds)
        {
            busyUntil = Now + microseconds * 1000;
            writeEnabled = false;
        }

        // Bits go from one to zero only; behind the end of the page it goes on at its start.
        private void Program(long address, byte[] data)
        {
            var page = address & ~(Page - 1L);
            var buffer = Enumerable.Repeat((byte)0xFF, Page).ToArray();
            for(var i = 0; i < data.Length; i++) { buffer[(address - page + i) % Page] = data[i]; }
            var old = memory.ReadBytes(page, Page);
            memory.WriteBytes(page, buffer.Zip(old, (a, b) => (byte)(a & b)).ToArray());
            Work(200);
        }

        private void Erase(long start, long size, int microseconds)
        {
            memory.SetRange(start, size, 0xFF);
            Work((ulong)microseconds);
        }

        private byte[] ReadArray(long start, int count)
        {
            var first = (int)Math.Min(count, memory.Size - start);
            var bytes = memory.ReadBytes(start, first);
            return first == count ? bytes : bytes.Concat(ReadArray(0, count - first)).ToArray();
        }

        private static byte[] Same(byte value, int count) { return Enumerable.Repeat(value, count).ToArray(); }

        private static byte[] Wrapped(byte[] source, int start, int count)
        {
            return Enumerable.Range(0, count).Select(i => source[(start + i) % source.Length]).ToArray();
        }

        // SFDP (JESD216B): header, then the basic table at +0x30.
        private byte[] Parameters(long start, int count)
        {
            var words = new uint[]
            {
                0xFFF920E5, (uint)(memory.Size * 8 - 1), 0x6B08EB44, 0xBB803B08, 0xFFFFFFEE, 0xFFFFFFFF, 0xFFFFFFFF, 0x520F200C,
                0x0000D810, 2 | 4 << 4 | 1 << 9 | 8 << 11 | 1 << 16 | 12 << 18 | 1 << 23, 0x80000000 | 2 | 8 << 4 | 24 << 8 | 3 << 24 | 2 << 29,
                0x80000000, 0, 0x04 | 4 << 8 | 1 << 13 | 0xAB << 15 | 0xB9u << 23, 2 << 20, 0x1001,
            };
            var table = new List<byte> { (byte)'S', (byte)'F', (byte)'D', (byte)'P', 6, 1, 0, 0xFF, 0, 6, 1, 16, 0x30, 0, 0, 0xFF };
            table.AddRange(Same(0xFF, 0x30 - table.Count));
            foreach(var word in words) { table.AddRange(BitConverter.GetBytes(word)); }
            return Enumerable.Range(0, count).Select(i => start + i < table.Count ? table[(int)start + i] : (byte)0xFF).ToArray();
        }

        private int status = QuadEnable;
        private bool writeEnabled, resetEnabled, asleep;
        private ulong busyUntil;
        private readonly IMachine machine;
        private readonly IPeripheral owner;
        private readonly MappedMemory memory;

        private const int Page = 256, QuadEnable = 0x40;
        private const int WriteEnable = 0x06, WriteDisable = 0x04, ReadStatus = 0x05, ReadStatus2 = 0x35, WriteStatus = 0x01;
        private const int ResetEnable = 0x66, ResetNow = 0x99, PowerDown = 0xB9, PowerUp = 0xAB;
        private static readonly byte[] JedecId = { 0x9D, 0x70, 0x17 };
        private static readonly byte[] UniqueId = { 0x52, 0x54, 0x31, 0x30, 0x36, 0x32, 0x4E, 0x4F, 0x52, 0, 0, 0, 0, 0, 0, 1 };
    }
}
